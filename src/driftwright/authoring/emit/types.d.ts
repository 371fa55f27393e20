/** Which sources of a fact were passed over, and why. */
export interface Tried<Source extends string = string> {
  readonly source: Source;
  readonly why: string;
}

export type Level = "full" | "degraded" | "unavailable";

/** The answer to a question: its value, the source that gave it, at which level, and what is lost with that source. */
export interface Answer<Value, Source extends string = string> {
  readonly value: Value;
  readonly source: Source;
  readonly level: Level;
  readonly lost: string;
  readonly tried: readonly Tried<Source>[];
}

/** Parameters of which none has to be given. */
export type Optional<Params> = Params | undefined;

/** The stores that a fact reads, each as it was loaded; null for one that is absent. */
export type Taken<Names extends string> = { readonly [Name in Names]: unknown };

/** A derived fact as a function of the stores and its parameters. It never throws. */
export interface Fact<Value, Reads, Params, Source extends string = string> {
  (stores: Reads, ...params: undefined extends Params ? [params?: Params] : [params: Params]): Answer<Value, Source>;
  readonly definition: { readonly name: string; readonly stores: readonly string[] };
}

/** A derived fact whose reading code answers promises. The promise of its answer is never rejected. */
export interface LaterFact<Value, Reads, Params, Source extends string = string> {
  (stores: Reads, ...params: undefined extends Params ? [params?: Params] : [params: Params]): Promise<
    Answer<Value, Source>
  >;
  readonly definition: { readonly name: string; readonly stores: readonly string[] };
}

/** One thing that is wrong with a value. It holds no value. */
export interface Issue {
  readonly message: string;
  readonly path: readonly (string | number)[];
}

/** A validator of one version of a store, as Standard Schema (version 1) asks for it. */
export interface Guard<Store> {
  accepts(value: unknown): value is Store;
  readonly "~standard": {
    readonly version: 1;
    readonly vendor: "driftwright";
    readonly validate: (
      value: unknown,
    ) => { readonly value: Store; readonly issues?: undefined } | { readonly issues: readonly Issue[] };
    readonly types?: { readonly input: unknown; readonly output: Store } | undefined;
  };
}
