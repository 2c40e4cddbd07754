/** Structured log, recent records and error reports of one process; clean-up that fails without harm. */
export { cleanUp, CLEAN_UP_FAILED } from './clean-up'
export { openDiagnostics, type Diagnostics } from './diagnostics'
export { memoryLog, silentLog, type Log, type LogFields, type LogLevel } from './log'
