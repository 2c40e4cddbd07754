/** The version of the product, from package.json: what `--version`, the about box and Delta's `engineInfo` say. */
import { version } from '../../package.json'

export const PRODUCT_VERSION: string = version
