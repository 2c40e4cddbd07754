/** What Electron's own modules got between 22 and 45, as far as a main process for 45 uses it. */
'use strict'

const { app, ipcMain, utilityProcess } = require('electron')
const { createReadStream, readFileSync } = require('node:fs')
const { join } = require('node:path')
const { Readable } = require('node:stream')

const language = readFileSync(join(__dirname, 'language.cjs'), 'utf8')
ipcMain.on('electron22:language', (event) => (event.returnValue = language))

app.on('session-created', (session) => {
  session.setPreloads([...session.getPreloads(), join(__dirname, 'preload.cjs')])
  // Since Electron 25.
  session.protocol.handle ??= (scheme, answer) => handle(session, scheme, answer)
})

// A utility process has the same old Node, and heeds no `-r`.
const { fork } = utilityProcess
utilityProcess.fork = (file, args = [], options = {}) =>
  fork.call(utilityProcess, join(__dirname, 'utility.cjs'), [file, ...args], options)

// Since Electron 25 the events themselves say where to.
app.on('web-contents-created', (_, contents) => {
  for (const name of ['will-navigate', 'will-redirect']) {
    contents.on(name, (event, url, isSameDocument, isMainFrame) => {
      Object.assign(event, { url, isSameDocument, isMainFrame: isMainFrame ?? true })
    })
  }
})

/** `Request -> Response` over the older way: a callback with a stream. */
function handle(session, scheme, answer) {
  session.protocol.registerStreamProtocol(scheme, (asked, reply) => {
    respond(session, asked, answer).then(reply, (error) => {
      console.error(error)
      // net::ERR_UNEXPECTED, as Electron 45 makes of a handler that throws.
      reply({ error: -9 })
    })
  })
}

async function respond(session, { url, method, headers, uploadData }, answer) {
  const body =
    uploadData === undefined
      ? {}
      : { body: Readable.toWeb(Readable.from(partsOf(session, uploadData))), duplex: 'half' }
  const response = await answer(new Request(url, { method, headers, ...body }))
  const data = Readable.from(chunksOf(response.body), { objectMode: false, highWaterMark: 1 })
  return { statusCode: response.status, headers: Object.fromEntries(response.headers), data }
}

/** As in Electron 45, a part that the page holds in memory or on disk is read whole before it is handed on. */
async function* partsOf(session, parts) {
  for (const part of parts) {
    if (part.blobUUID !== undefined) yield await session.getBlobData(part.blobUUID)
    else if (part.file !== undefined) yield* createReadStream(part.file)
    else yield part.bytes
  }
}

async function* chunksOf(stream) {
  if (stream === null) return
  const reader = stream.getReader()
  let isRead = false
  try {
    for (;;) {
      const { value, done } = await reader.read()
      if (done) break
      yield value
    }
    isRead = true
  } finally {
    // The page went away: what makes the body must stop.
    if (!isRead) await reader.cancel().catch(() => undefined)
  }
}
