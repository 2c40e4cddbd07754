/** What preloads and pages lack in Electron 22. Runs in every page before the app's own preload. */
'use strict'

const electron = require('electron')

// Since Electron 29; until 32 a file told its own path.
electron.webUtils ??= { getPathForFile: (file) => file.path ?? '' }
// The page has a world of its own, and none of its scripts has run yet.
void electron.webFrame.executeJavaScript(electron.ipcRenderer.sendSync('electron22:language'))
