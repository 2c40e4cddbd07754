export { SqlConsole } from './sql-console'
