document.addEventListener('click',function(e){var b=e.target.closest('[data-add]');if(b){var c=JSON.parse(localStorage.cart||'[]');c.push(b.dataset.add);localStorage.cart=JSON.stringify(c)}})
