/** Names that this engine gives to files: those of others are not ours to remove. */
export const DATA_FILE = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.parquet$/
export const TEMPORARY = /^\.(commit|checkpoint|hint)\.[0-9a-f-]{36}\.tmp$/
