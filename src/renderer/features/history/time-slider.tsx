export function TimeSlider() {
  return null
}
