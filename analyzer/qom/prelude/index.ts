import { C11 } from './c11.js';
import { GLIB_FUNCTIONS } from './glib-functions.js';
import { GLIB_TYPES } from './glib-types.js';
import { POSIX } from './posix.js';
import { PREDEFINED } from './predefined.js';

export { SYSTEM_HEADERS } from './headers.js';

/**
 * C text that is processed before every translation unit: gcc's predefined macros, the C library, POSIX, glib. The
 * prototypes in it are where the C layer takes the conversions of the intrinsics' parameters and results from.
 */
export const PRELUDE: { readonly path: string; readonly text: string } = {
  path: '<prelude>',
  text: PREDEFINED + C11 + POSIX + GLIB_TYPES + GLIB_FUNCTIONS,
};
