/** A recipe that works in every pond, to begin with. */
import type { RecipeRequest } from '../../session'

export const EXAMPLE: RecipeRequest = {
  path: '/tide',
  text: `recipe: synthetic
description: Two weeks of tides, to try recipes with
start: 2026-01-01
end: 2026-01-15
interval: 10m
points:
  - name: level
    components:
      - { type: sine, amplitude: 1.4, period: 745m }
      - { type: sine, amplitude: 0.3, period: 14d, offset: 2 }
`,
}
