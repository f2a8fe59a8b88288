/** A thin line under the top bar while new facts are on their way; the rows below stay as they are. */
export function RefreshingBar({ active }: { active: boolean }) {
  return (
    <div aria-hidden className="pointer-events-none sticky top-0 z-10 h-0.5 overflow-hidden">
      {active && <div className="h-full w-1/4 animate-[refreshing_1s_linear_infinite] bg-accent motion-reduce:w-full" />}
    </div>
  );
}
