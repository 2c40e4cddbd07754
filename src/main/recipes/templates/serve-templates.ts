/** The other side of `TemplateProcess`: one template after the other, each with an answer. */
import type { Port } from '../../platform'
import { Renderer } from './renderer'
import type { Rendered, Rendering } from './rendering'

export function serveTemplates(port: Port): void {
  let renderer = Renderer.open()
  // Whoever asks first hears of it.
  renderer.catch(() => undefined)
  port.listen((message) => void answer(message as Rendering))

  async function answer(rendering: Rendering): Promise<void> {
    let rendered: Rendered
    try {
      if ((await renderer).isBroken) renderer = Renderer.open()
      rendered = (await renderer).render(rendering)
    } catch (error) {
      rendered = { problem: `the template engine does not start: ${String(error)}` }
      renderer = Renderer.open()
      renderer.catch(() => undefined)
    }
    port.post(rendered)
  }
}
