/** Files of a tree by their path. */
export type Files = Readonly<Record<string, string>>;
