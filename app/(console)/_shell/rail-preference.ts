/** Whether the rail is collapsed; a cookie, so that the first paint already has its width. */
export const RAIL_COOKIE = 'rail';
