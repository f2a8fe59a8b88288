'use client';

import { useQueryStates } from 'nuqs';
import { useState } from 'react';
import { usePermission } from '../../_session/permission';
import { AuditFrame } from '../audit-frame';
import { AccessReport } from './access-report';
import { PeriodReport } from './period-report';
import { reportParams, reportTimes } from './search-params';

/** What auditors ask: who had access at an instant; which operations ran, approved by whom; which contracts changed. */
export function ReportsScreen() {
  const permitted = usePermission('audit:read') === true;
  const [values, setValues] = useQueryStates(reportParams);
  const [openedAt] = useState(() => Date.now());
  const { at, from, until } = reportTimes(values, openedAt);
  return (
    <AuditFrame current="/audit/reports">
      <div className="space-y-8">
        <AccessReport permitted={permitted} at={at} onAt={(instant) => void setValues({ at: instant })} />
        <PeriodReport permitted={permitted} from={from} until={until} onPeriod={(period) => void setValues(period)} />
        <p className="max-w-prose px-4 text-muted">No payload can be unmasked in this version, so there is nothing to report about unmasking.</p>
      </div>
    </AuditFrame>
  );
}
