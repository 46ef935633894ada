// Pages with lists of products.
import './list-sort.js';
import './stock-badge.js';
