/** Work that failed for a reason the network has a code for. */
export class Failure extends Error {
  constructor(
    /** Reason code, e.g. `ERP_503`: what telemetry shows as `error.type`. */
    readonly code: string,
    message: string,
    /** HTTP status when the failure answers a request. */
    readonly status = 500,
    /** False when trying again cannot help until somebody corrects something. */
    readonly retryable = true,
  ) {
    super(message);
    this.name = 'Failure';
  }
}

/** The reason code of any error. */
export function failureCode(error: unknown): string {
  return error instanceof Failure ? error.code : 'INTERNAL_ERROR';
}
