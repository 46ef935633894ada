// Pages that the checkout answers.
import './order-status.js';
