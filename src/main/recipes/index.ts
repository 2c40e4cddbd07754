/** Recipes: files that say what their neighbours are computed of. The door of the layer. */
export { Recipes, type RecipeMoment } from './outputs/recipes'
export { CircularOutput, FailedOutput, TableOutput, type Link, type Plan } from './outputs/output'
export type { Column, Compute, MadeFile, Match, Read, Reads } from './factories/compute'
export { readRecipe, SUFFIX, type Checked, type Recipe } from './spec/recipe'
export type { Place, Problem } from './spec/problem'
export { Renderer } from './templates/renderer'
export type { Render, Rendered, Rendering } from './templates/rendering'
