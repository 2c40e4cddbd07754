export { PipelinesView } from './pipelines-view'
