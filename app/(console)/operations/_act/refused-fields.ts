import { refusalIssues } from '../../../_ui/states/refusal-issues';

/** What the server found wrong with which field, by its path; empty when it refused for another reason. */
export function problemsOfRefusal(error: unknown): Readonly<Record<string, string>> {
  return Object.fromEntries(refusalIssues(error).flatMap(({ field, message }) => (field === null ? [] : [[field, message]])));
}
