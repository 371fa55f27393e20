/** What an app may say of its user; what is no version or no country is left out. */
export interface Labels {
  /** The app's version (default: the extension's own). */
  app?: string;
  /** The country, as two capital letters. */
  country?: string;
}

/**
 * The shapes of the stores, as a text of at most 4 KB without a value; `target` is the page's name in the workspace. It
 * holds the day and the labels, and nothing that names a user: send it once a day.
 */
export declare function storageFingerprint(target?: string, labels?: Labels): Promise<string>;
