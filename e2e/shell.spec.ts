/** What the desktop app is around its page: how it starts, asks, fails and ends. */
import { readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { ROOT, type Desktop } from './desktop'
import { appsIn, installApp, startApp } from './installed-app'
import { expect, only, test, treeItem, type Workplace } from './support'

test.beforeEach(({ place }) => only('electron', place, 'the localhost host has no window of its own'))

/** Starts the app on a new pond, or on none. */
async function open(page: Page, place: Workplace, pond: string | null = null): Promise<Desktop> {
  if (pond !== null) await place.make(pond)
  await page.goto((await place.serve(pond)).url)
  if (pond !== null) await expect(page.getByRole('tree', { name: 'Navigator' })).toBeVisible()
  return place.desktops!.last
}

const exitOf = ({ app }: Desktop): Promise<number | null> => {
  const child = app.process()
  return new Promise((resolve) => {
    if (child.exitCode !== null) resolve(child.exitCode)
    else child.once('exit', (code) => resolve(code))
  })
}

/** Keeps what the running app shows in boxes of the system, and answers each with a button. */
async function answerBoxes({ app }: Desktop, button: number): Promise<() => Promise<string[]>> {
  await app.evaluate(({ dialog }, chosen) => {
    const shown: string[] = []
    Object.assign(globalThis, { specBoxes: shown })
    const keep = (...given: unknown[]) => {
      const { message, detail } = given.at(-1) as { message: string; detail?: string }
      shown.push(`${message} ${detail ?? ''}`)
      return chosen
    }
    Object.assign(dialog, {
      showMessageBoxSync: keep,
      showMessageBox: async (...given: unknown[]) => ({ response: keep(...given), checkboxChecked: false }),
      showErrorBox: (title: string, text: string) => void keep({ message: title, detail: text }),
    })
  }, button)
  return () => app.evaluate(() => (globalThis as unknown as { specBoxes: string[] }).specBoxes)
}

test.describe('the end of the app', () => {
  test('quitting at the welcome screen leaves no process behind that would hold the lock', async ({ page, place }) => {
    const desktop = await open(page, place)
    await expect(page.getByRole('button', { name: /Create a pond/ })).toBeVisible()
    const exit = exitOf(desktop)
    await desktop.app.evaluate(({ app }) => void setTimeout(() => app.quit(), 0))
    expect(await exit).toBe(0)
    expect(await appsIn(place)).toEqual([])
  })

  test('a start that comes while the app ends opens the pond that it names', async ({ page, place }) => {
    await place.make('second')
    const desktop = await open(page, place, 'first')
    await expect(page.getByRole('tree', { name: 'Navigator' })).toBeVisible()
    const exit = exitOf(desktop)
    const second = place.path('second')
    // As Electron tells of a second start, at the moment when the window is gone and ponds are being closed.
    await desktop.app.evaluate(
      ({ app }, { root, path }) => {
        app.once('will-quit', () => app.emit('second-instance', {}, ['electron', '--no-sandbox', root, path], '/'))
        setTimeout(() => app.quit(), 0)
      },
      { root: ROOT, path: second },
    )
    expect(await exit).toBe(0)
    await expect
      .poll(async () => JSON.parse(await readFile(place.path('config', 'recent.json'), 'utf8'))[0].path as string)
      .toBe(second)
    for (const [pid] of await appsIn(place)) process.kill(Number(pid), 'SIGKILL')
  })

  test('closing the window while work is under way asks, naming the work and how far it is', async ({
    page,
    place,
  }) => {
    const desktop = await open(page, place, 'p')
    const large = place.path('large.bin')
    await writeFile(large, '')
    await truncate(large, 6_000_000_000)
    await place.desktops!.drop('body', [large])
    const running = page.getByRole('status', { name: 'Running work' })
    await expect(running).toContainText('Importing into the pond')

    const close = () => desktop.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close())
    await close()
    const question = page.getByRole('dialog', { name: 'Close while work is under way?' })
    await expect(question).toContainText('Importing into the pond')
    await expect(question.getByRole('progressbar', { name: 'Importing into the pond' })).toBeVisible()
    await expect(question).toContainText(/[\d.]+ [KMG]B of 6 GB/)
    await question.getByRole('button', { name: 'Keep working' }).click()
    await expect(question).toBeHidden()
    await expect(running).toContainText('Importing into the pond')
    expect(await desktop.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1)

    await close()
    const exit = exitOf(desktop)
    await question.getByRole('button', { name: 'Stop it and close' }).click()
    expect(await exit).toBe(0)
    expect(await place.pond('p', 'status')).not.toContain('large')
  })

  test('the window closes by itself when the work that held it is done', async ({ page, place }) => {
    const desktop = await open(page, place, 'p')
    const file = place.path('some.bin')
    await writeFile(file, '')
    await truncate(file, 700_000_000)
    await place.desktops!.drop('body', [file])
    await expect(page.getByRole('status', { name: 'Running work' })).toContainText('Importing')
    const exit = exitOf(desktop)
    await desktop.app.evaluate(({ app }) => void setTimeout(() => app.quit(), 0))
    await page.getByRole('button', { name: 'Close when it is done' }).click()
    expect(await exit).toBe(0)
    expect(await place.pond('p', 'status')).toContain('some.bin')
  })
})

test.describe('a start', () => {
  test('that fails says why in a box, and ends with a failure', async ({ place }) => {
    const app = await installApp(place)
    await rm(join(app, 'out/renderer'), { recursive: true })
    const started = await startApp(place, app)
    expect(await started.ended()).toBe(1)
    expect(await started.boxes()).toMatchObject([{ kind: 'error', title: 'DuckPond could not start' }])
    expect((await started.boxes())[0]?.text).toContain('npm run build')
  })

  test('beside one that runs loads nothing but its entry before it hands over', async ({ page, place }) => {
    await open(page, place)
    const second = await startApp(place, ROOT)
    expect(await second.ended()).toBe(0)
    const loaded = await second.loaded()
    expect(loaded.filter((file) => file.includes('node_modules'))).toEqual([])
    expect(loaded.length).toBeLessThanOrEqual(3)
  })

  test('whose page cannot be loaded says so and offers to try again', async ({ page, place }) => {
    const app = await installApp(place)
    const desktop = await place.desktops!.start({ pond: null, env: place.env, folder: place.folder, app })
    place.closesToo(desktop.app.process())
    await page.goto('pond://app/')
    await answerBoxes(desktop, 1)
    await rm(join(app, 'out/renderer/index.html'))
    const exit = exitOf(desktop)
    await desktop.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.webContents.reload())
    expect(await exit).toBe(1)
  })
})

test.describe('files', () => {
  test('that are chosen are read where they are, and nothing of them goes through the page', async ({
    page,
    place,
  }) => {
    const desktop = await open(page, place, 'p')
    await desktop.app.evaluate(({ session }) => {
      const posted: string[] = []
      Object.assign(globalThis, { specPosted: posted })
      session.defaultSession.webRequest.onBeforeRequest(({ method, url }, go) => {
        if (method === 'POST') posted.push(url)
        go({})
      })
    })
    const file = place.path('chosen.csv')
    await writeFile(file, 'a,b\n1,2\n')
    const chooser = page.waitForEvent('filechooser')
    await page.getByRole('button', { name: 'Import files', exact: true }).click()
    await (await chooser).setFiles([file])
    await expect(treeItem(page, /chosen\.csv/)).toBeVisible()
    expect(await desktop.app.evaluate(() => (globalThis as unknown as { specPosted: string[] }).specPosted)).toEqual([])
    expect(await place.pond('p', 'cat', '/chosen.csv')).toBe('a,b\n1,2\n')
  })

  test('that are nowhere on this machine are imported by their bytes, beside those that are', async ({
    page,
    place,
  }) => {
    await open(page, place, 'p')
    await page.evaluate(() => {
      const dataTransfer = new DataTransfer()
      dataTransfer.items.add(new File(['made\n'], 'made.txt'))
      for (const type of ['dragenter', 'dragover', 'drop'])
        document.body.dispatchEvent(new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true }))
    })
    await expect(treeItem(page, /made\.txt/)).toBeVisible()
    expect(await place.pond('p', 'cat', '/made.txt')).toBe('made\n')
  })

  test('are saved by a dialog that says what is saved', async ({ page, place }) => {
    const desktop = await open(page, place, 'p')
    await desktop.app.evaluate(({ session }) => {
      session.defaultSession.on('will-download', (_, item) => {
        Object.assign(globalThis, { specTitle: item.getSaveDialogOptions().title })
      })
    })
    await page.getByRole('tab', { name: 'SQL' }).click()
    await page.getByRole('textbox', { name: 'SQL editor' }).focus()
    await page.keyboard.insertText('SELECT 1 AS one')
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'Run', exact: true }).click()
    await page.getByRole('button', { name: 'Export' }).click()
    const download = page.waitForEvent('download')
    await page.getByRole('menuitem', { name: /CSV/ }).click()
    const name = (await download).suggestedFilename()
    expect(await desktop.app.evaluate(() => (globalThis as unknown as { specTitle: string }).specTitle)).toBe(
      `Save ${name}`,
    )
    await expect(page.getByRole('button', { name: 'Show in folder' })).toBeVisible()
  })
})

test.describe('a page', () => {
  test('that crashes is loaded again with the edits it had, and says so; the third time in a row it is not', async ({
    page,
    place,
  }) => {
    await place.make('p', (pond) => pond.createFile('/notes.txt', 'as committed\n'))
    await page.goto((await place.serve('p')).url)
    const desktop = place.desktops!.last
    const boxes = await answerBoxes(desktop, 1)
    await treeItem(page, /notes\.txt/).click()
    await page.getByRole('button', { name: 'Edit', exact: true }).click()
    await page.keyboard.type('precious ')
    await expect(treeItem(page, /notes\.txt/)).toHaveAccessibleName(/unsaved edits/)

    // A script that is asked for while the process goes away is never answered.
    const inPage = <T>(expression: string) =>
      desktop.app.evaluate(
        ({ BrowserWindow }, code) =>
          Promise.race([
            BrowserWindow.getAllWindows()[0]?.webContents.executeJavaScript(code) as Promise<unknown>,
            new Promise((_, reject) => setTimeout(() => reject(new Error('no answer')), 1_000)),
          ]),
        expression,
      ) as Promise<T>
    const crash = () =>
      desktop.app.evaluate(({ BrowserWindow }) => {
        const contents = BrowserWindow.getAllWindows()[0]?.webContents
        return new Promise<void>((resolve) => {
          contents?.once('render-process-gone', () => resolve())
          contents?.forcefullyCrashRenderer()
        })
      })
    const text = () => inPage<string>('document.body.innerText').catch(() => '')
    await crash()
    await expect.poll(text).toContain('crashed')
    await expect
      .poll(() => inPage<number>("document.querySelectorAll('[role=treeitem]').length").catch(() => 0))
      .toBe(1)
    const opened = async () => {
      await inPage("document.querySelector('[role=treeitem]').click()")
      return text()
    }
    await expect.poll(opened).toContain('precious as committed')
    expect(await boxes()).toEqual([])

    await crash()
    await expect.poll(text).toContain('notes.txt')
    const exit = exitOf(desktop)
    await crash()
    // The last of its buttons ends the app.
    expect(await exit).toBe(1)
  })

  test('that cannot list a directory for a fault of the program does not call the pond damaged', async ({
    page,
    place,
  }) => {
    const desktop = await open(page, place, 'p')
    await desktop.app.evaluate(() => {
      const buffer = (process as unknown as { mainModule: { require(name: string): object } }).mainModule.require(
        'node:buffer',
      )
      Object.assign(buffer, { isAscii: undefined })
    })
    await place.pond('p', 'mkdir', '/a')
    await place.pond('p', 'commit', '-m', 'a directory')
    await page.reload()
    await expect(page.getByText(/corrupt|damaged/)).toHaveCount(0)
    await expect(
      page
        .getByText('(internal)')
        .or(page.getByText('internal', { exact: true }))
        .first(),
    ).toBeVisible()
  })
})

/** What a report of an error says, of those that the app has kept. */
async function reportsOf(place: Workplace): Promise<string> {
  const folder = place.path('config', 'reports')
  const names = await readdir(folder).catch(() => [])
  return (await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')))).join('\n')
}

test.describe('a page that does not answer', () => {
  /** As Electron tells of it when input has waited for half a minute. */
  const tell = ({ app }: Desktop, event: 'unresponsive' | 'responsive') =>
    app.evaluate(({ BrowserWindow }, name) => void BrowserWindow.getAllWindows()[0]?.emit(name), event)

  test('is asked about once, and loaded again if that is wanted', async ({ page, place }) => {
    const desktop = await open(page, place, 'p')
    const boxes = await answerBoxes(desktop, 1)
    const text = () =>
      desktop.app.evaluate(({ BrowserWindow }) =>
        Promise.race([
          BrowserWindow.getAllWindows()[0]?.webContents.executeJavaScript('document.body.innerText') as Promise<string>,
          new Promise<string>((resolve) => setTimeout(() => resolve(''), 1_000)),
        ]),
      )
    await tell(desktop, 'unresponsive')
    await expect.poll(text).toContain('crashed and was loaded again')
    expect(await boxes()).toEqual([expect.stringContaining('does not answer')])
    expect(await reportsOf(place)).toContain('the page did not answer')
  })

  test('ends the app if that is wanted', async ({ page, place }) => {
    const desktop = await open(page, place, 'p')
    await answerBoxes(desktop, 2)
    const exit = exitOf(desktop)
    await tell(desktop, 'unresponsive').catch(() => undefined)
    expect(await exit).toBe(1)
  })

  test('takes the question away when it answers again, and nothing happens to it', async ({ page, place }) => {
    const desktop = await open(page, place, 'p')
    await desktop.app.evaluate(({ dialog }) => {
      const asked: string[] = []
      Object.assign(globalThis, { specAsked: asked })
      // As Electron closes a box whose signal aborts: by its way out.
      dialog.showMessageBox = ((_window: unknown, { signal }: { signal: AbortSignal }) => {
        asked.push('asked')
        return new Promise((resolve) =>
          signal.addEventListener('abort', () => {
            asked.push('taken away')
            resolve({ response: 1, checkboxChecked: false })
          }),
        )
      }) as never
    })
    const asked = () => desktop.app.evaluate(() => (globalThis as unknown as { specAsked: string[] }).specAsked)
    await tell(desktop, 'unresponsive')
    await tell(desktop, 'unresponsive')
    await tell(desktop, 'responsive')
    await expect.poll(asked).toEqual(['asked', 'taken away'])
    await expect(page.getByRole('tree', { name: 'Navigator' })).toBeVisible()
    expect(await reportsOf(place)).toBe('')
  })
})

test('the process of DuckDB that ends by a fault is kept as a report, and the next question has another', async ({
  page,
  place,
}) => {
  const desktop = await open(page, place, 'p')
  await page.getByRole('tab', { name: 'SQL' }).click()
  const ask = async (sql: string, answer: string): Promise<void> => {
    await page.getByRole('textbox', { name: 'SQL editor' }).focus()
    await page.keyboard.press('ControlOrMeta+A')
    await page.keyboard.insertText(sql)
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'Run', exact: true }).click()
    await expect(page.getByRole('grid', { name: 'Result' }).getByRole('gridcell').first()).toHaveText(answer)
  }
  await ask('SELECT 41 + 1 AS a', '42')
  const pids = await desktop.app.evaluate(({ app }) =>
    app
      .getAppMetrics()
      .flatMap(({ pid, name, serviceName }) => (`${name} ${serviceName}`.includes('queries') ? pid : [])),
  )
  expect(pids.length).toBeGreaterThan(0)
  for (const pid of pids) process.kill(pid, 'SIGSEGV')
  await expect.poll(() => reportsOf(place)).toMatch(/a Utility process \(.*queries.*\) ended: crashed/)
  await ask('SELECT 42 + 1 AS b', '43')
})

test('the window is called by its pond, and has a face: an icon, and About in its menu', async ({ page, place }) => {
  await place.make('second')
  const desktop = await open(page, place, 'first')
  const title = () => desktop.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.getTitle())
  await expect.poll(title).toBe('first - DuckPond')
  await desktop.app.evaluate(({ BrowserWindow }) => {
    const represented: string[] = []
    Object.assign(globalThis, { specRepresented: represented })
    Object.assign(BrowserWindow.getAllWindows()[0]!, {
      setRepresentedFilename: (path: string) => void represented.push(path),
    })
  })
  await place.desktops!.chooseFolder(place.path('second'))
  await page.keyboard.press('ControlOrMeta+O')
  await expect.poll(title).toBe('second - DuckPond')
  expect(
    await desktop.app.evaluate(() => (globalThis as unknown as { specRepresented: string[] }).specRepresented),
  ).toEqual([place.path('second')])

  const help = await desktop.app.evaluate(({ Menu }) =>
    Menu.getApplicationMenu()
      ?.items.find(({ label }) => label === 'Help')
      ?.submenu?.items.map(({ role, enabled }) => `${role} ${enabled}`),
  )
  expect(help).toContain('about true')
  const icon = await desktop.app.evaluate(
    ({ nativeImage }, file) => nativeImage.createFromPath(file).getSize(),
    join(ROOT, 'resources/icon.png'),
  )
  expect(icon).toEqual({ width: 512, height: 512 })
})

test('a fault in the main process is said, kept as a report, and ends the app', async ({ page, place }) => {
  const desktop = await open(page, place, 'p')
  await answerBoxes(desktop, 0)
  const exit = exitOf(desktop)
  await desktop.app.evaluate(() => void setTimeout(() => void Promise.reject(new Error('made by a spec')), 0))
  expect(await exit).toBe(1)
  const [report] = await readdir(place.path('config', 'reports'))
  expect(await readFile(place.path('config', 'reports', report ?? ''), 'utf8')).toContain('made by a spec')
})
