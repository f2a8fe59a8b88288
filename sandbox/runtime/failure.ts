interface FailureNature {
  isLasting?: true;
  isBeforeDelivery?: true;
}

/** Work that failed for a reason the network has a code for. */
export class Failure extends Error {
  constructor(
    /** Reason code, e.g. `ERP_503`: what telemetry shows as `error.type`. */
    readonly code: string,
    message: string,
    /** HTTP status when the failure answers a request. */
    readonly status = 500,
    private readonly nature: FailureNature = {},
  ) {
    super(message);
    this.name = 'Failure';
  }

  /** True when trying again cannot help until somebody corrects something. */
  get isLasting(): boolean {
    return this.nature.isLasting === true;
  }

  /** True when the message was turned back before anything was sent to the next system. */
  get isBeforeDelivery(): boolean {
    return this.nature.isBeforeDelivery === true;
  }
}

/** The reason code of any error. */
export function failureCode(error: unknown): string {
  return error instanceof Failure ? error.code : 'INTERNAL_ERROR';
}
