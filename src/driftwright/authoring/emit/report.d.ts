import type { Answer, Fact, LaterFact, Level, Tried } from "./types.js";

/** A lesser source serves. `why` holds no value and no words of an error. */
export interface StepDown {
  readonly event: "step-down";
  readonly fact: string;
  readonly source: string;
  readonly level: Level;
  readonly passed: readonly Tried[];
}

/** Two sources that should agree answer otherwise. */
export interface Disagreement {
  readonly event: "disagreement";
  readonly fact: string;
  readonly agreement: string;
  readonly between: readonly [string, string];
}

export interface ReporterOptions {
  /** What is told; what it throws is nobody's concern. */
  readonly tell: (event: StepDown | Disagreement) => void;
  /** The share of all questions that are told of, from 0 to 1; all of them, if it is not given. */
  readonly sample?: number;
  /** A number from 0 up to 1, at random. */
  readonly random?: () => number;
}

export interface Reporter {
  /** Ask a fact, as calling it would. */
  ask<Value, Reads, Params, Source extends string>(
    fact: Fact<Value, Reads, Params, Source>,
    stores: NoInfer<Reads>,
    ...params: undefined extends Params ? [params?: NoInfer<Params>] : [params: NoInfer<Params>]
  ): Answer<Value, Source>;
  ask<Value, Reads, Params, Source extends string>(
    fact: LaterFact<Value, Reads, Params, Source>,
    stores: NoInfer<Reads>,
    ...params: undefined extends Params ? [params?: NoInfer<Params>] : [params: NoInfer<Params>]
  ): Promise<Answer<Value, Source>>;
}

export declare function createReporter(options: ReporterOptions): Reporter;
