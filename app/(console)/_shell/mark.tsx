/** Three levers of a frame, one of them pulled. */
export function Mark() {
  return (
    <svg viewBox="0 0 24 24" width="24" height="24" aria-hidden fill="none" stroke="currentColor" strokeWidth="2" className="shrink-0">
      <path d="M3 19h18M6 19 9 6M12 19V6M18 19 15 6" />
      <circle cx="9" cy="5" r="2" fill="currentColor" stroke="none" />
    </svg>
  );
}
