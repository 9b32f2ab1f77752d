/** Words of the generated tables. */
export const WORDS = {
  en: {
    accepted: 'values',
    any: 'any',
    code: 'code',
    default: 'default',
    key: 'key',
    meaning: 'meaning',
    method: 'method',
    none: 'none',
    path: 'path',
    problems: 'problems',
    series: 'series',
    status: 'status',
    success: 'success',
    title: 'title',
    type: 'type',
    unset: 'unset',
    variable: 'variable',
  },
  ko: {
    accepted: '값',
    any: '모두',
    code: '코드',
    default: '기본값',
    key: '키',
    meaning: '설명',
    method: '메서드',
    none: '없음',
    path: '경로',
    problems: '오류',
    series: '시계열',
    status: '상태 코드',
    success: '성공',
    title: '제목',
    type: '종류',
    unset: '설정하지 않음',
    variable: '변수',
  },
};

/** The header of a table in a language. */
export const headerOf = (language, ...names) => names.map((name) => WORDS[language][name]);
