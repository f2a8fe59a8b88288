/** Alarms of the broker, as the poll saw them last: shared by everything that must step back when the broker is short of room. */

export interface BrokerAlarms {
  /** In force at the last successful look, e.g. `memory:rabbit@a`, `disk:rabbit@b`; empty when there are none. */
  current(): readonly string[];
}

/** The poll writes here, the message tap reads. A failed look leaves what was known: losing sight ends no alarm. */
export class AlarmBoard implements BrokerAlarms {
  #alarms: readonly string[] = [];

  current(): readonly string[] {
    return this.#alarms;
  }

  show(alarms: readonly string[]): void {
    this.#alarms = alarms;
  }
}
