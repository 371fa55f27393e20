/** The shapes of the stores, as a text of at most 4 KB without a value; `target` is the page's name in the workspace. */
export declare function storageFingerprint(target?: string): Promise<string>;
