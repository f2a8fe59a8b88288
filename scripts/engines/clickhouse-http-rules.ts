const NAME_LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-';

/**
 * Routes of the embedded engine's HTTP interface.
 *
 * The engine's own process logs in as `default`, which therefore exists without a password and may read files to hold
 * standard input open. Nobody else may become `default`: only requests that carry the name of one of our users reach a
 * query handler. ClickHouse lets `user` and `password` in the URL win over an Authorization header, so the route for
 * that header takes no URL with a parameter of these names, nor one whose name is percent-encoded.
 */
export function httpHandlersXml(userNames: readonly string[]): string {
  const byName = `regex:^(?:${userNames.join('|')})$`;
  const byAuthorization = `regex:^[Bb]asic (?:${userNames.map(basicPrefix).join('|')}).*$`;
  const safeUrl = `regex:${urlWithoutParameters(['user', 'password'])}`;
  return `<http_handlers>
    <rule><url>/ping</url><methods>GET,HEAD</methods><handler><type>ping</type></handler></rule>
    ${queryRule(`<headers><X-ClickHouse-User><![CDATA[${byName}]]></X-ClickHouse-User></headers>`)}
    ${queryRule(
      `<full_url><![CDATA[${safeUrl}]]></full_url>` +
        `<headers><Authorization><![CDATA[${byAuthorization}]]></Authorization></headers>`,
    )}
  </http_handlers>`;
}

function queryRule(conditions: string): string {
  const handler = '<handler><type>dynamic_query_handler</type><query_param_name>query</query_param_name></handler>';
  return `<rule>${conditions}${handler}</rule>`;
}

/** The part of base64(`name:password`) that does not depend on the password: whole groups of three bytes. */
function basicPrefix(userName: string): string {
  const bytes = Buffer.from(`${userName}:`);
  const prefix = bytes.subarray(0, bytes.length - (bytes.length % 3)).toString('base64');
  return prefix.replaceAll('+', '\\+');
}

/** RE2 has no look-ahead, so "any parameter name but these" is spelled out letter by letter. */
function urlWithoutParameters(names: readonly string[]): string {
  const firstLetters = names.map((name) => name.charAt(0)).join('');
  const otherNames = `${letterExcept(firstLetters)}${letterExcept('')}*`;
  const parameter = `(?:${[otherNames, ...names.map(nameOtherThan)].join('|')})(?:=[^&#]*)?`;
  return `^[^?#]*(?:\\?(?:${parameter}(?:&${parameter})*)?)?$`;
}

/** Names that begin like `name` without being it: shorter, with another letter somewhere, or longer. */
function nameOtherThan(name: string): string {
  const any = `${letterExcept('')}*`;
  const shorterOrDiverging = [...name].slice(1).map((expected, index) => {
    return `${name.slice(0, index + 1)}(?:${letterExcept(expected)}${any})?`;
  });
  return [...shorterOrDiverging, `${name}${letterExcept('')}+`].join('|');
}

function letterExcept(excluded: string): string {
  const letters = [...NAME_LETTERS].filter((letter) => !excluded.includes(letter)).join('');
  return `[${letters.replace('-', '\\-')}]`;
}
