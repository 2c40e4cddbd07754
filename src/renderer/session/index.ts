/** The session, for everything above it. */
export * from './commands'
export * from './connection'
export * from './entry-diff'
export * from './failure'
export * from './hooks'
export * from './query-run'
export * from './session'
export * from './tasks'
