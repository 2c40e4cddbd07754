/** History: every version with what it changed, and the slider that moves the window through them. */
export { HistoryView } from './history-view'
export { TimeSlider } from './slider/time-slider'
