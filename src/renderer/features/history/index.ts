export { HistoryView } from './history-view'
export { TimeSlider } from './time-slider'
