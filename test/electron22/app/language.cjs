/**
 * What JavaScript and the web got after Chromium 108, as far as code for Electron 45 uses it. Runs in the main
 * process, and as text in every page: so it is one expression, and asks for nothing.
 */
'use strict'
;(() => {
  const put = (target, members) => {
    for (const [name, value] of Object.entries(members)) {
      if (name in target) continue
      Object.defineProperty(target, name, { value, configurable: true, writable: true, enumerable: false })
    }
  }

  put(Symbol, { dispose: Symbol('Symbol.dispose'), asyncDispose: Symbol('Symbol.asyncDispose') })

  const copying = {
    toSorted(compare) {
      return this.slice().sort(compare)
    },
    toReversed() {
      return this.slice().reverse()
    },
    with(index, value) {
      const copy = this.slice()
      copy[index < 0 ? copy.length + index : index] = value
      return copy
    },
  }
  put(Array.prototype, copying)
  put(Object.getPrototypeOf(Uint8Array.prototype), copying)
  put(Array.prototype, {
    toSpliced(...change) {
      const copy = this.slice()
      copy.splice(...change)
      return copy
    },
  })
  put(Array, {
    async fromAsync(source, map = (item) => item) {
      const items = []
      for await (const item of source) items.push(await map(item, items.length))
      return items
    },
  })

  const LONE = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/
  put(String.prototype, {
    isWellFormed() {
      return !LONE.test(this)
    },
    toWellFormed() {
      return this.replace(new RegExp(LONE, 'g'), '\uFFFD')
    },
  })

  put(Promise, {
    withResolvers() {
      const parts = {}
      parts.promise = new this((resolve, reject) => Object.assign(parts, { resolve, reject }))
      return parts
    },
    try(work, ...given) {
      return new this((resolve) => resolve(work(...given)))
    },
  })

  const grouped = (items, keyOf, add) => {
    let index = 0
    for (const item of items) add(keyOf(item, index++), item)
  }
  put(Object, {
    groupBy(items, keyOf) {
      const groups = Object.create(null)
      grouped(items, keyOf, (key, item) => (groups[key] ??= []).push(item))
      return groups
    },
  })
  put(Map, {
    groupBy(items, keyOf) {
      const groups = new Map()
      grouped(items, keyOf, (key, item) => groups.set(key, [...(groups.get(key) ?? []), item]))
      return groups
    },
  })

  put(Set.prototype, {
    union(other) {
      return new Set([...this, ...other.keys()])
    },
    intersection(other) {
      return new Set([...this].filter((item) => other.has(item)))
    },
    difference(other) {
      return new Set([...this].filter((item) => !other.has(item)))
    },
    isSubsetOf(other) {
      return [...this].every((item) => other.has(item))
    },
    isDisjointFrom(other) {
      return ![...this].some((item) => other.has(item))
    },
  })

  // Those that stop early must close what they read from, which leaving a loop does.
  const iterators = Object.getPrototypeOf(Object.getPrototypeOf([].values()))
  put(iterators, {
    *map(change) {
      let index = 0
      for (const item of this) yield change(item, index++)
    },
    *filter(holds) {
      let index = 0
      for (const item of this) if (holds(item, index++)) yield item
    },
    *flatMap(change) {
      for (const item of this) yield* change(item)
    },
    *take(count) {
      let left = count
      if (left <= 0) return
      for (const item of this) {
        yield item
        if (--left <= 0) return
      }
    },
    *drop(count) {
      let left = count
      for (const item of this) if (left-- <= 0) yield item
    },
    toArray() {
      return [...this]
    },
    forEach(act) {
      let index = 0
      for (const item of this) act(item, index++)
    },
    reduce(join, ...start) {
      return [...this].reduce(join, ...start)
    },
    some(holds) {
      for (const item of this) if (holds(item)) return true
      return false
    },
    every(holds) {
      for (const item of this) if (!holds(item)) return false
      return true
    },
    find(holds) {
      for (const item of this) if (holds(item)) return item
      return undefined
    },
  })

  put(URL, {
    canParse(url, base) {
      try {
        void new URL(url, base)
        return true
      } catch {
        return false
      }
    },
  })

  // The main process has Node 16's signals, which do not know why they were aborted.
  if (!('reason' in AbortSignal.prototype)) {
    const reasons = new WeakMap()
    const { abort } = AbortController.prototype
    const usual = () =>
      Object.assign(new Error('This operation was aborted'), { name: 'AbortError', code: 'ABORT_ERR' })
    AbortController.prototype.abort = function (reason = usual()) {
      if (!reasons.has(this.signal)) reasons.set(this.signal, reason)
      abort.call(this)
    }
    Object.defineProperty(AbortSignal.prototype, 'reason', {
      configurable: true,
      get() {
        if (this.aborted && !reasons.has(this)) reasons.set(this, usual())
        return reasons.get(this)
      },
    })
    AbortSignal.abort = (reason) => {
      const controller = new AbortController()
      controller.abort(reason)
      return controller.signal
    }
  }
  put(AbortSignal.prototype, {
    throwIfAborted() {
      if (this.aborted) throw this.reason
    },
  })
  put(AbortSignal, {
    any(signals) {
      const joined = new AbortController()
      for (const signal of signals) {
        const follow = () => joined.abort(signal.reason)
        if (signal.aborted) follow()
        else signal.addEventListener('abort', follow, { once: true, signal: joined.signal })
      }
      return joined.signal
    },
    timeout(ms) {
      const controller = new AbortController()
      const late = () => controller.abort(Object.assign(new Error('The operation timed out'), { name: 'TimeoutError' }))
      const timer = setTimeout(late, ms)
      timer.unref?.()
      return controller.signal
    },
  })

  // Until Chromium 119 a page that objects to its end had to say so by the older of two ways.
  if (typeof BeforeUnloadEvent === 'function' && Number(/Chrome\/(\d+)/.exec(navigator.userAgent)?.[1]) < 119) {
    BeforeUnloadEvent.prototype.preventDefault = function () {
      this.returnValue = ''
    }
  }
})()
