/** Starts what a utility process was made for, with what its Node lacks put in first. */
'use strict'

require('./node.cjs')
const [file] = process.argv.splice(2, 1)
require(file)
