import type { Stores } from "./types.js";

/** The stores to judge, by their names; a store of many keys is an object of its entries. */
export type StoresUnderTest = { readonly [Name in keyof Stores]?: unknown };

export interface KeepContractOptions {
  /** The facts to judge; without it all whose stores are given. */
  readonly facts?: readonly (keyof typeof import("./facts.js"))[];
  /** The time at which the stores were read, in ISO 8601. */
  readonly now?: string;
}

/** For `expect.extend({ toKeepContract })`, of vitest and of Playwright: `expect({ name: value }).toKeepContract()`. */
export declare function toKeepContract(
  received: StoresUnderTest,
  options?: KeepContractOptions,
): { name: string; pass: boolean; message: () => string };

/** What `expect.extend` adds; for vitest: `declare module "vitest" { interface Matchers<T> extends KeepContract<T> {} }`. */
export interface KeepContract<Result = unknown> {
  toKeepContract(options?: KeepContractOptions): Result;
}

/** Everything that speaks against some stores, a line each; none where the contract is kept. */
export declare function problemsOf(stores: StoresUnderTest, options?: KeepContractOptions): string[];
