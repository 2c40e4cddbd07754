/** The product's mark: a duck on a pond. */
export function Mark({ size }: { readonly size: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden>
      <rect width="32" height="32" rx="7" fill="var(--pond-accent-fill)" />
      <path
        fill="none"
        stroke="#fff"
        strokeWidth="2.4"
        strokeLinecap="round"
        d="M6 23c2.500 0 2.500 1.800 5 1.800s2.500-1.800 5-1.800 2.500 1.800 5 1.800 2.500-1.800 5-1.800"
      />
      <path
        fill="#fff"
        d="M8 14.500c1.600 1.400 4 1.700 6.600.6a4.700 4.700 0 1 1 8.900-2.600l3.300.5c.6.100.7.800.2 1.100l-3.500 1.900c.2 3-2.300 4.600-6 4.600-5.600 0-9.500-1.700-9.500-6.100z"
      />
      <circle cx="20.200" cy="10.800" r="1" fill="var(--pond-accent-fill)" />
    </svg>
  )
}
