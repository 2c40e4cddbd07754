/**
 * The look, as the component library needs to hear it: one accent, compact sizes, and its colour
 * variables mapped onto the product's own tokens (`ui/tokens.css`), which decide.
 */
import { createTheme, type CSSVariablesResolver, type MantineColorsTuple } from '@mantine/core'

const pond: MantineColorsTuple = [
  '#eaf7f5',
  '#d3eeea',
  '#a9ddd6',
  '#78cabf',
  '#4cb4a8',
  '#2a9b8f',
  '#16867c',
  '#0f766d',
  '#0c655e',
  '#0a544f',
]
const neutral: MantineColorsTuple = [
  '#f6f7f7',
  '#eff1f1',
  '#e4e8e8',
  '#dde1e1',
  '#c3c9ca',
  '#9aa3a5',
  '#747d80',
  '#5b6366',
  '#3a4042',
  '#1a1d1e',
]
const shade: MantineColorsTuple = [
  '#e4e7e7',
  '#c6cccd',
  '#9aa3a5',
  '#6b7375',
  '#41484a',
  '#2c3132',
  '#1f2324',
  '#161819',
  '#121415',
  '#0c0e0e',
]
const red: MantineColorsTuple = [
  '#fdf0f0',
  '#fbe5e5',
  '#f4c5c5',
  '#ec9d9d',
  '#e27273',
  '#d54d52',
  '#c83540',
  '#b9242d',
  '#a01d26',
  '#85161e',
]

export const theme = createTheme({
  primaryColor: 'pond',
  primaryShade: { light: 7, dark: 7 },
  colors: { pond, gray: neutral, dark: shade, red },
  white: '#ffffff',
  black: '#1a1d1e',
  fontFamily: 'var(--pond-font)',
  fontFamilyMonospace: 'var(--pond-mono)',
  fontSizes: { xs: '12px', sm: '13px', md: '13px', lg: '15px', xl: '18px' },
  lineHeights: { xs: '16px', sm: '20px', md: '20px', lg: '22px', xl: '26px' },
  spacing: { xs: '4px', sm: '8px', md: '12px', lg: '16px', xl: '24px' },
  radius: { xs: '2px', sm: '4px', md: '4px', lg: '6px', xl: '8px' },
  defaultRadius: 'sm',
  cursorType: 'pointer',
  respectReducedMotion: true,
  headings: {
    fontWeight: '600',
    sizes: {
      h1: { fontSize: '24px', lineHeight: '32px' },
      h2: { fontSize: '18px', lineHeight: '26px' },
      h3: { fontSize: '15px', lineHeight: '22px' },
      h4: { fontSize: '13px', lineHeight: '20px' },
    },
  },
  components: {
    ActionIcon: { defaultProps: { size: 26, variant: 'subtle', color: 'gray' } },
    Button: { defaultProps: { size: 'compact-sm' } },
    Checkbox: { defaultProps: { size: 'xs' } },
    // The kit's hidden first focus stop has a role that a menu may not hold.
    Menu: { defaultProps: { shadow: 'md', transitionProps: { duration: 80 }, withInitialFocusPlaceholder: false } },
    Modal: {
      defaultProps: {
        transitionProps: { duration: 100, transition: 'fade' },
        overlayProps: { backgroundOpacity: 0.4 },
        closeButtonProps: { 'aria-label': 'Close' },
        padding: 'lg',
      },
      styles: { title: { fontSize: '15px', fontWeight: 600 } },
    },
    NativeSelect: { defaultProps: { size: 'xs' } },
    NumberInput: { defaultProps: { size: 'xs' } },
    // Menus, tooltips and news live in a landmark of their own, see index.html.
    Portal: { defaultProps: { target: '#overlays' } },
    Popover: { defaultProps: { shadow: 'md', transitionProps: { duration: 80 } } },
    Radio: { defaultProps: { size: 'xs' } },
    SegmentedControl: { defaultProps: { size: 'xs', transitionDuration: 100 } },
    Select: { defaultProps: { size: 'xs' } },
    Switch: { defaultProps: { size: 'xs' } },
    // The field around what is typed shows the focus.
    TagsInput: { defaultProps: { size: 'xs' }, styles: { inputField: { outline: 'none' } } },
    Textarea: { defaultProps: { size: 'xs' } },
    TextInput: { defaultProps: { size: 'xs' } },
    Tooltip: {
      defaultProps: {
        openDelay: 400,
        withArrow: false,
        transitionProps: { duration: 80 },
        events: { hover: true, focus: true, touch: false },
      },
    },
  },
})

const shared = {
  '--mantine-color-body': 'var(--pond-bg)',
  '--mantine-color-text': 'var(--pond-text)',
  '--mantine-color-dimmed': 'var(--pond-dim)',
  '--mantine-color-placeholder': 'var(--pond-dim)',
  '--mantine-color-anchor': 'var(--pond-accent)',
  '--mantine-color-error': 'var(--pond-error)',
  '--mantine-color-default': 'var(--pond-bg)',
  '--mantine-color-default-hover': 'var(--pond-hover)',
  '--mantine-color-default-color': 'var(--pond-text)',
  '--mantine-color-default-border': 'var(--pond-border-strong)',
  '--mantine-color-disabled': 'var(--pond-sunken)',
  '--mantine-color-disabled-color': 'var(--pond-disabled)',
  '--mantine-color-disabled-border': 'var(--pond-border)',
  '--mantine-color-pond-filled': 'var(--pond-accent-fill)',
  '--mantine-color-pond-filled-hover': 'var(--pond-accent-fill-hover)',
  '--mantine-color-pond-light': 'var(--pond-accent-soft)',
  '--mantine-color-pond-light-hover': 'var(--pond-selected)',
  '--mantine-color-pond-light-color': 'var(--pond-accent)',
  '--mantine-color-pond-outline': 'var(--pond-accent)',
  '--mantine-color-pond-text': 'var(--pond-accent)',
  '--mantine-color-gray-text': 'var(--pond-dim)',
  '--mantine-color-gray-light-color': 'var(--pond-dim)',
  '--mantine-color-gray-light-hover': 'var(--pond-hover)',
  '--mantine-color-red-text': 'var(--pond-error)',
  '--mantine-color-red-light': 'var(--pond-error-soft)',
  '--mantine-color-red-light-color': 'var(--pond-error)',
  '--menu-item-hover': 'var(--pond-hover)',
  '--mantine-shadow-md': 'var(--pond-shadow)',
  '--mantine-shadow-xl': 'var(--pond-shadow)',
}

export const cssVariables: CSSVariablesResolver = () => ({ variables: {}, light: shared, dark: shared })
