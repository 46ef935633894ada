// Pages with lists of products.
import './prices.js';
import './list-sort.js';
import './stock-badge.js';
