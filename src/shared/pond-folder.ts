/** What lies in a pond's folder. Drawn in docs/formats.md. */

/** The file that makes a folder a pond. */
export const POND_FILE = 'pond.json'

/** Names of the pond's own files and folders. Whatever else is in the folder is the user's. */
export const OWN_NAMES: readonly string[] = [POND_FILE, 'config.json', 'data', 'large', 'pending', 'cache']
