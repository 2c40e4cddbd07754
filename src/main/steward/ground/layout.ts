/**
 * What is in the folder of a pond, by name. Large files lie in `large/`, which tlogfs owns. docs/formats.md draws it all.
 */

/** Written last when a pond is made: it makes the folder one. */
export const POND_FILE = 'pond.json'
export const CONFIG_FILE = 'config.json'

/** The Delta table, with its log. */
export const DATA_FOLDER = 'data'
export const LOG_FOLDER = `${DATA_FOLDER}/_delta_log`

export const JOURNAL_FOLDER = 'pending'
export const JOURNAL = `${JOURNAL_FOLDER}/journal`
export const LOCK = `${JOURNAL_FOLDER}/lock`

/** What can be made again. */
export const CACHE_FOLDER = 'cache'
/** What other programs wrote into the table, set aside. */
export const FOREIGN_FOLDER = 'foreign'
