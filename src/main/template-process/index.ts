/**
 * The process that templates of recipes are filled in by, started by a host and asked by it over a port: one template at a
 * time, and nothing of the pond. It ends with the process that started it, or when it takes too long.
 */
import { parentPort } from '../platform/node'
import { serveTemplates } from '../recipes/templates/serve-templates'

serveTemplates(parentPort())
