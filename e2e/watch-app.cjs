/**
 * Loaded into the app's main process before the app, by specs: keeps what it shows in boxes of the system, and answers
 * each with its last button; and says at the end which files were loaded.
 */
'use strict'

const { app, dialog } = require('electron')
const { appendFileSync, writeFileSync } = require('node:fs')

const keep = (kind, title, text) => appendFileSync(process.env.SPEC_BOXES, `${JSON.stringify({ kind, title, text })}\n`)
const last = ({ buttons = ['OK'] }) => buttons.length - 1
const optionsOf = (given) => given[given.length - 1]

dialog.showErrorBox = (title, text) => keep('error', title, text)
dialog.showMessageBoxSync = (...given) => {
  const options = optionsOf(given)
  keep('question', options.message, options.detail ?? '')
  return last(options)
}
dialog.showMessageBox = async (...given) => ({ response: dialog.showMessageBoxSync(...given), checkboxChecked: false })

const loaded = () => {
  const files = Object.keys(require.cache).filter((file) => /[\\/](out|node_modules)[\\/]/.test(file))
  writeFileSync(process.env.SPEC_MODULES, files.map((file) => `${file}\n`).join(''))
}
process.once('exit', loaded)
app.once('quit', loaded)
