/** What is in the folder of a pond, by name. Drawn in docs/formats.md. */

/** Written last when a pond is made: it makes the folder one. */
export const POND_FILE = 'pond.json'
export const CONFIG_FILE = 'config.json'

/** The Delta table, with its log. */
export const DATA_FOLDER = 'data'
export const LOG_FOLDER = `${DATA_FOLDER}/_delta_log`

/** Content of large files, beside the table. DuckPond 0.1 kept it below the table. */
export const BLOBS_FOLDER = 'large'
export const OLD_BLOBS_FOLDER = `${DATA_FOLDER}/_large_files`

export const JOURNAL_FOLDER = 'pending'
export const JOURNAL = `${JOURNAL_FOLDER}/journal`
export const LOCK = `${JOURNAL_FOLDER}/lock`

/** What can be made again. */
export const CACHE_FOLDER = 'cache'
/** What other programs wrote into the table, set aside. */
export const FOREIGN_FOLDER = 'foreign'

/** Names of the pond's own files and folders. Whatever else is in the folder is the user's. */
export const OWN_NAMES: readonly string[] = [
  POND_FILE,
  CONFIG_FILE,
  DATA_FOLDER,
  BLOBS_FOLDER,
  JOURNAL_FOLDER,
  CACHE_FOLDER,
  FOREIGN_FOLDER,
]
