/** Where the page lives: the app's own scheme and its one origin. */
export const SCHEME = 'pond'
export const APP_ORIGIN = `${SCHEME}://app`
export const APP_URL = `${APP_ORIGIN}/`
