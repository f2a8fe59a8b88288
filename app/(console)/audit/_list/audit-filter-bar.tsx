'use client';

import { X } from 'lucide-react';
import { useId } from 'react';
import { PAGE_SEARCH } from '../../../_ui/keyboard/row-keys';
import { WhenField } from '../_form/when-field';
import type { AuditParams } from '../search-params';

/** What is often looked for; any other action can be typed. */
const ACTIONS = ['operation', 'hold', 'levers', 'contract', 'source', 'user', 'token', 'sign-in', 'access', 'audit'];

interface Props {
  values: AuditParams;
  isFiltering: boolean;
  setValues: (change: Partial<AuditParams> | null) => void;
}

/** Time, actor, action, subject and outcome; every change is in the address at once. */
export function AuditFilterBar({ values, isFiltering, setValues }: Props) {
  const listId = useId();
  return (
    <div role="search" aria-label="Audit events" className="grid grid-cols-2 items-end gap-x-3 gap-y-2 px-4 md:flex md:flex-wrap">
      <WhenField label="From" value={values.from} onChange={(from) => setValues({ from })} />
      <WhenField label="Until" value={values.until} onChange={(until) => setValues({ until })} />
      <Text label="Actor" placeholder="ada@ or token:" value={values.actor} onChange={(actor) => setValues({ actor })} isSearch />
      <Text label="Action" placeholder="source.update" value={values.action} onChange={(action) => setValues({ action })} list={listId} />
      <datalist id={listId}>
        {ACTIONS.map((action) => (
          <option key={action} value={action}>
            {action}
          </option>
        ))}
      </datalist>
      <Text label="Subject" placeholder="source:rabbit" value={values.subject} onChange={(subject) => setValues({ subject })} />
      <label className="block">
        <span className="block text-xs text-muted">Outcome</span>
        <select className="field w-full" value={values.outcome ?? ''} onChange={(event) => setValues({ outcome: event.target.value === 'done' || event.target.value === 'refused' ? event.target.value : null })}>
          <option value="">Done and refused</option>
          <option value="done">Done</option>
          <option value="refused">Refused</option>
        </select>
      </label>
      {isFiltering && (
        <button type="button" className="button text-muted" onClick={() => setValues(null)}>
          <X size={14} aria-hidden />
          Clear filter
        </button>
      )}
    </div>
  );
}

interface TextProps {
  label: string;
  placeholder: string;
  value: string | null;
  onChange: (value: string | null) => void;
  list?: string;
  isSearch?: boolean;
}

function Text({ label, placeholder, value, onChange, list, isSearch = false }: TextProps) {
  return (
    <label className="block min-w-0">
      <span className="block text-xs text-muted">{label}</span>
      <input
        {...(isSearch ? PAGE_SEARCH : {})}
        type="search" className="field w-full min-w-0 placeholder:text-muted md:w-40" placeholder={placeholder} maxLength={200} list={list} autoComplete="off" spellCheck={false}
        value={value ?? ''} onChange={(event) => onChange(event.target.value === '' ? null : event.target.value)}
      />
    </label>
  );
}
