/** The product's version, as package.json has it. */
export { version as productVersion } from '../../../package.json'
