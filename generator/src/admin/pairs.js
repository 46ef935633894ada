// Widgets of our own, where the editor's program has none: maps whose keys the shop chooses, such as specifications and options, and
// texts that are one for all languages, or one for each.

(() => {
  /** @typedef {{ value: any, field: any, forID: string, classNameWrapper: string, onChange: (value: any) => void,
   *   setActiveStyle: () => void, setInactiveStyle: () => void }} Props */

  // @ts-expect-error -- React's, defined by the editor's program.
  const { CMS: cms, createClass, h } = window;

  /** Names and values of a map, Immutable's or plain. @param {any} value @returns {[string, any][]} */
  const pairsOf = (value) => {
    if (!value || typeof value !== 'object') return [];
    return typeof value.entrySeq === 'function' ? value.entrySeq().toArray().map((/** @type {any} */ [key, inner]) => [key, inner]) : Object.entries(value);
  };

  /** A value as it is typed: a comma within one of several has a `\\` before it. @param {any} value */
  const typed = (value) => {
    const plain = value && typeof value.toJS === 'function' ? value.toJS() : value;
    return Array.isArray(plain) ? plain.map((word) => String(word).replace(/[\\,]/g, '\\$&')).join(', ') : String(plain ?? '');
  };

  /** @param {string} text @returns {string[]} */
  const listed = (text) => (text.match(/(?:\\.|[^\\,]|\\$)+/gu) ?? []).map((word) => word.trim().replace(/\\([\\,])/g, '$1')).filter(Boolean);

  /** An input of a widget. @param {Props} props @param {object} own */
  const input = (props, own) => h('input', { type: 'text', onFocus: props.setActiveStyle, onBlur: props.setInactiveStyle, ...own });

  const Pairs = createClass({
    getInitialState() {
      const rows = pairsOf(this.props.value).map(([name, value]) => ({ name, text: typed(value) }));
      return { rows };
    },

    /** Keeps what is typed, and tells the editor what it means: rows without a name mean nothing. @param {{ name: string, text: string }[]} rows */
    change(rows) {
      this.setState({ rows });
      const isList = this.props.field.get('values') === 'list';
      const named = rows.filter((row) => row.name.trim() && row.text.trim());
      this.props.onChange(Object.fromEntries(named.map((row) => [row.name.trim(), isList ? listed(row.text) : row.text.trim()])));
    },

    render() {
      const { rows } = this.state;
      const label = this.props.field.get('label');
      const choices = this.props.field.get('choices');
      const set = (/** @type {number} */ at, /** @type {object} */ change) => this.change(rows.map((/** @type {object} */ row, /** @type {number} */ other) => (other === at ? { ...row, ...change } : row)));
      const value = (/** @type {{ name: string, text: string }} */ row, /** @type {number} */ at) => {
        const own = {
          value: row.text, 'aria-label': `${label}: value ${at + 1}`,
          onChange: (/** @type {any} */ event) => set(at, { text: event.target.value }),
        };
        if (!choices) return input(this.props, own);
        return h('select', own, ['', ...choices.toJS()].map((choice) => h('option', { key: choice, value: choice }, choice)));
      };
      const isList = this.props.field.get('values') === 'list';
      return h('div', { id: this.props.forID, className: `shop-pairs ${this.props.classNameWrapper}` },
        isList ? h('p', {}, 'Several values have commas between them. A comma within a value is written \\,') : null,
        rows.map((/** @type {{ name: string, text: string }} */ row, /** @type {number} */ at) => h('div', { key: at, className: 'shop-pair' },
          input(this.props, {
            value: row.name, 'aria-label': `${label}: name ${at + 1}`, placeholder: 'Name',
            onChange: (/** @type {any} */ event) => set(at, { name: event.target.value }),
          }),
          value(row, at),
          h('button', {
            type: 'button', 'aria-label': `Remove ${row.name || 'this row'}`,
            onClick: () => this.change(rows.filter((/** @type {object} */ _, /** @type {number} */ other) => other !== at)),
          }, '×'))),
        h('button', { type: 'button', onClick: () => this.setState({ rows: [...rows, { name: '', text: '' }] }) }, `Add to ${String(label).toLowerCase()}`));
    },
  });

  const Words = createClass({
    render() {
      const languages = /** @type {string[]} */ (this.props.field.get('languages').toJS());
      const label = this.props.field.get('label');
      const { value } = this.props;
      const isOne = typeof value === 'string' || value === undefined || value === null;
      const texts = new Map(isOne ? [[languages[0], value ?? '']] : pairsOf(value).map(([language, text]) => [language, typed(text)]));
      const change = (/** @type {string} */ language, /** @type {string} */ text) => {
        const all = new Map(texts).set(language, text);
        const given = [...all].filter(([, words]) => words !== '');
        // One text for all languages stays one while there is no other.
        const isOnlyFirst = isOne && given.every(([name]) => name === languages[0]);
        this.props.onChange(isOnlyFirst ? all.get(languages[0]) : Object.fromEntries(given));
      };
      return h('div', { id: this.props.forID, className: `shop-words ${this.props.classNameWrapper}` },
        languages.map((language) => h('label', { key: language },
          h('span', {}, language),
          h(this.props.field.get('lines') ? 'textarea' : 'input', {
            value: texts.get(language) ?? '', lang: language, 'aria-label': `${label}: ${language}`,
            onFocus: this.props.setActiveStyle, onBlur: this.props.setInactiveStyle,
            onChange: (/** @type {any} */ event) => change(language, event.target.value),
          }))));
    },
  });

  cms.registerWidget('shop-pairs', Pairs);
  cms.registerWidget('shop-words', Words);
})();
