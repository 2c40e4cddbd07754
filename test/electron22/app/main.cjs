/**
 * Stands in for the app that Electron itself brings, which a packaged app leaves out: starts the app that the
 * arguments name, as `electron [-r MODULE]... APP [ARGUMENT]...` does, with what Electron 22 lacks put in first.
 */
'use strict'

const { app } = require('electron')
const { existsSync, readFileSync } = require('node:fs')
const { Module } = require('node:module')
const { dirname, join, resolve } = require('node:path')

const { required, named } = readArguments(process.argv.slice(1))
if (named === undefined) {
  console.error('usage: electron [-r MODULE]... APP [ARGUMENT]...')
  process.exit(2)
}
require('./node.cjs')
require('./shell.cjs')

const path = resolve(named)
takeFor(path)
// As Electron's own: what asks for it knows that no package was started.
Object.defineProperty(process, 'defaultApp', { value: true, enumerable: true })
Module._preloadModules(required)
Module._load(path, null, true)

/** Switches before the app are Chromium's and are left alone. */
function readArguments(given) {
  const modules = []
  for (let i = 0; i < given.length; i++) {
    if (given[i] === '-r' || given[i] === '--require') modules.push(given[++i])
    else if (given[i] === '--version') {
      console.log(`v${process.versions.electron}`)
      process.exit(0)
    } else if (!given[i].startsWith('-')) return { required: modules, named: given[i] }
  }
  return { required: modules, named: undefined }
}

/** The app has its own name, version and folder from here on. */
function takeFor(folder) {
  const file = join(folder, 'package.json')
  if (!existsSync(file)) return app.setAppPath(dirname(folder))
  const { name, productName, version } = JSON.parse(readFileSync(file, 'utf8'))
  app.setAppPath(folder)
  app.setName(productName ?? name)
  app.setVersion(version)
  app.setPath('userData', join(app.getPath('appData'), app.getName()))
}
