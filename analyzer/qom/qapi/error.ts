/** The schema, or the generator that the tree brings for it, is not understood. One line, with file and line where there is one. */
export class QapiError extends Error {
  override readonly name = 'QapiError';
}
